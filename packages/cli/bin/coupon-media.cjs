#!/usr/bin/env node
/* Read by whatever Node there is, so in the language of 2015 and without a static import: what is newer stands behind start.cjs. */
'use strict';

const tooOld = require('./node-version.cjs');

const complaint = tooOld(process.versions.node, process.env);
if (complaint === undefined) {
  require('./start.cjs');
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 3; // EXIT.misconfigured
}
