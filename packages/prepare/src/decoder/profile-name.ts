/**
 * Gives the name of an ICC profile: its `desc` tag, as ASCII (version 2) or in one of several languages (version 4).
 *
 * @returns 'ICC' if it has no name
 */
export function profileName(profile: Buffer): string {
  const count = profile.length >= 132 ? Math.min(profile.readUInt32BE(128), 100) : 0;
  for (let at = 132; at < 132 + 12 * count && at + 12 <= profile.length; at += 12) {
    if (profile.toString('latin1', at, at + 4) !== 'desc') continue;
    const start = profile.readUInt32BE(at + 4);
    const name = readText(profile.subarray(start, start + profile.readUInt32BE(at + 8)));
    return SHORT_NAMES.get(name) ?? (name || 'ICC');
  }
  return 'ICC';
}

/** The small profiles that tools embed to save bytes. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['c2', 'sRGB'],
  ['c2ci', 'sRGB'],
  ['nRGB', 'sRGB'],
  ['sP3C', 'Display P3'],
]);

function readText(tag: Buffer): string {
  const type = tag.toString('latin1', 0, 4);
  if (type === 'desc' && tag.length >= 12) {
    return printable(tag.toString('latin1', 12, 12 + tag.readUInt32BE(8)));
  }
  if (type !== 'mluc' || tag.length < 28) return '';
  const start = tag.readUInt32BE(24);
  const text = Buffer.from(tag.subarray(start, start + (tag.readUInt32BE(20) & ~1)));
  return printable(text.swap16().toString('utf16le'));
}

/** Profiles are untrusted, and their names are printed on terminals. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '').trim().slice(0, 60);
}
