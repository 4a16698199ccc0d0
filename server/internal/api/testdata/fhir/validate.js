// Reads a JSON array of resources from stdin and prints what FHIR R4 does not
// allow in them, one line each. Exit status 1 if there is any.
'use strict';
const { readFileSync } = require('fs');
const { Fhir } = require('fhir');

const fhir = new Fhir();
for (const [i, resource] of JSON.parse(readFileSync(0, 'utf8')).entries()) {
  const { valid, messages } = fhir.validate(resource, { errorOnUnexpected: true });
  for (const m of messages) {
    console.log(`resource ${i}: ${m.severity} at ${m.location}: ${m.message}`);
  }
  if (!valid || messages.length > 0) process.exitCode = 1;
}
