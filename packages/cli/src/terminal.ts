// The entry `coupon-media/terminal`: what a person at a terminal sees and types.

export { createProgress, type ProgressBar } from './shell/progress.js';
export { openPrompt, type Prompt } from './shell/prompt.js';
export { padded, width } from './terminal/text.js';
