const { createHash } = require('node:crypto');

/** A PNG of one pixel. */
exports.PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
exports.SHA256 = createHash('sha256').update(exports.PICTURE).digest('hex');
