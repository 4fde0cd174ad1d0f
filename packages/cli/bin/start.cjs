'use strict';

// What goes wrong in it, it says itself.
void import('../dist/main.js');
