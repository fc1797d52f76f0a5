"""What every test may rely on: nothing outside its temporary directory is touched."""

import atexit
import os
import shutil
import tempfile

# Before anything imports Airflow: importing it writes a configuration into its home, which must not be the person's.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="tokenbooks-airflow-")
atexit.register(shutil.rmtree, os.environ["AIRFLOW_HOME"], ignore_errors=True)
