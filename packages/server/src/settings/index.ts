export { settingsTable } from './document.js';
export { type SettingOption, settingOptions, settingsHelp } from './help.js';
export type { Bilingual, Kind } from './kinds.js';
export { SETTINGS, type Setting, type SettingName, settingRows } from './table.js';
