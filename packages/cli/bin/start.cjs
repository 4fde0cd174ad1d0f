'use strict';

// main.js reports its own errors.
void import('../dist/main.js');
