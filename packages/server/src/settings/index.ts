export { type SettingOption, settingOptions, settingsHelp, settingsTable } from './help.js';
export type { Kind } from './kinds.js';
export {
  type LogLevel,
  type Program,
  SETTINGS,
  type Setting,
  type SettingName,
  settingRows,
} from './table.js';
