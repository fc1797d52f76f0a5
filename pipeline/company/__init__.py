"""What a company's finance and HR maintain (`company/`): checked as a whole, told with cures, loaded typed.

The shape of every file is declared in `contract/`; the checks and the tables of the warehouse follow from it.
"""

from pipeline.company.checking import CompanyInputs, CompanyRefused, check_company
from pipeline.company.loading import load_company
from pipeline.company.starting import put_company_file, write_empty_company

__all__ = [
    "CompanyInputs",
    "CompanyRefused",
    "check_company",
    "load_company",
    "put_company_file",
    "write_empty_company",
]
