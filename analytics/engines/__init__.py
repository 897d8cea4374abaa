"""Work out metrics on Apache Spark, from the Parquet release, by the code of one machine."""
