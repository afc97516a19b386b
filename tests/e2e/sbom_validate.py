"""usage: sbom_validate.py SCHEMAS SCHEMA FILE: says what of FILE the schema forbids, and fails then."""
import json
import pathlib
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # RefResolver: what Debian 12's jsonschema has
import jsonschema

folder, name, file = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
schemas = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
store = {"http://cyclonedx.org/schema/" + key: schema for key, schema in schemas.items()}
schema = schemas[name]
resolver = jsonschema.RefResolver.from_schema(schema, store=store)
errors = list(jsonschema.Draft7Validator(schema, resolver=resolver).iter_errors(json.load(open(file))))
for error in errors[:10]:
    print(f"{file}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}", file=sys.stderr)
sys.exit(1 if errors else 0)
