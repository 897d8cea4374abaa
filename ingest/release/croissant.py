"""The release in the form of Croissant, which catalogues of data sets and their readers know.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html. Its address and the licence of the
whole are left to whoever puts it somewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CROISSANT = "croissant.json"
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
#: What DuckDB calls a type, in the words of schema.org.
TYPES = {
    "VARCHAR": "sc:Text",
    "BIGINT": "sc:Integer",
    "INTEGER": "sc:Integer",
    "DOUBLE": "sc:Float",
    "BOOLEAN": "sc:Boolean",
    "DATE": "sc:Date",
    "TIMESTAMP WITH TIME ZONE": "sc:DateTime",
}
LIST = "[]"


def croissant(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a release by its manifest: a set of files and a set of records for each table."""
    tables: Mapping[str, Mapping[str, Any]] = manifest["tables"]
    simulated = manifest.get("simulated") == "true"
    invented = " Simulated: every row is invented." if simulated else ""
    day = manifest["as_of"][:10]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "status-ledger",
        "description": "What providers of services posted on their status pages, as posted and"
        f" not measured. As of {manifest['as_of']}, snapshot {manifest['snapshot_hash']}, method"
        f" version {manifest['method_version']}.{invented}",
        "version": ".".join(str(int(part)) for part in day.split("-")),
        "datePublished": day,
        "distribution": [
            {
                "@type": "cr:FileSet",
                "@id": f"{table}-files",
                "name": f"{table}-files",
                "description": f"The files of table {table}.",
                "encodingFormat": "application/x-parquet",
                # Seen from this file, and of one folder: a bare pattern takes every folder below.
                "includes": f"{table}/*.parquet",
            }
            for table in tables
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": table,
                "name": table,
                "description": told["about"],
                "field": [_field(table, column) for column in told["columns"]],
            }
            for table, told in tables.items()
        ],
    }


def _field(table: str, column: Mapping[str, str]) -> dict[str, Any]:
    kind = column["type"]
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{column['name']}",
        "name": column["name"],
        "description": column["meaning"],
        "dataType": TYPES[kind.removesuffix(LIST)],
        **({"repeated": True} if kind.endswith(LIST) else {}),
        "source": {
            "fileSet": {"@id": f"{table}-files"},
            "extract": {"column": column["name"]},
        },
    }
