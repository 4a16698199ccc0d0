// Prints, for every tag of the interval log given, the count and percentiles of
// its merged histograms, as hdr-histogram-js reads them.
const fs = require("fs");
const hdr = require("hdr-histogram-js");

const text = fs.readFileSync(process.argv[2], "utf8");
const out = {};
for (const tag of [...hdr.listTags(text)].sort()) {
  const reader = new hdr.HistogramLogReader(text, 64, false);
  const sum = hdr.build({ bitBucketSize: 64, autoResize: true, lowestDiscernibleValue: 1, numberOfSignificantValueDigits: 3 });
  for (let h; (h = reader.nextIntervalHistogram()) != null; ) {
    if ((h.tag || "NO TAG") === tag) sum.add(h);
  }
  out[tag] = {
    count: sum.totalCount,
    p50: sum.getValueAtPercentile(50),
    p99: sum.getValueAtPercentile(99),
    p999: sum.getValueAtPercentile(99.9),
    max: sum.maxValue,
  };
}
console.log(JSON.stringify(out));
