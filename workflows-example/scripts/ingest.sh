# Copies the raw files into the project's data folder.
#
# In:   VEGA_DATASETS    the folder of the data sets (`npm start` sets it to the npm package vega-datasets)
#       HEADWATER_DATA   the project's data folder, set by the service
#       HEADWATER_OUTPUT the file to write outputs to, set by the service
set -eu

fail_for_good() {
  echo "$1" >&2
  echo "retryable=false" >> "$HEADWATER_OUTPUT"    # trying again would not help
  exit 1
}

if [ -z "${VEGA_DATASETS:-}" ]; then
  fail_for_good "VEGA_DATASETS is not set: start the service with VEGA_DATASETS=<folder of vega-datasets/data> \
and HEADWATER_STEP_ENV=VEGA_DATASETS, which lets steps see it (npm start does both)"
fi
if [ ! -d "$VEGA_DATASETS" ]; then
  fail_for_good "VEGA_DATASETS is \"$VEGA_DATASETS\", and there is no such folder"
fi

mkdir -p "$HEADWATER_DATA/raw" "$HEADWATER_DATA/clean" "$HEADWATER_DATA/summary" \
  "$HEADWATER_DATA/quarantine" "$HEADWATER_DATA/report"

# Each file gets its final name only when it is complete: a step that reads it never sees half of it.
files=0
bytes=0
for name in flights-3m.parquet airports.csv; do
  target="$HEADWATER_DATA/raw/$name"
  cp "$VEGA_DATASETS/$name" "$target.part"
  mv "$target.part" "$target"
  size=$(wc -c < "$target")
  files=$((files + 1))
  bytes=$((bytes + size))
  echo "$name: $((size)) bytes"
done

echo "files=$files" >> "$HEADWATER_OUTPUT"
echo "bytes=$bytes" >> "$HEADWATER_OUTPUT"
