"""The sample company Acme: three months of real-shaped exports and what its finance and HR maintain.

`story.yml` tells who is who and which oddities are in it. The same code gives the same bytes.
"""

from pipeline.sample.writing import deliver_sample, write_company, write_sample

__all__ = ["deliver_sample", "write_company", "write_sample"]
