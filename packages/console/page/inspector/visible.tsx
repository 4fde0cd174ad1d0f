import { INVISIBLE } from '../messages/inspector.js';
import { say } from '../messages/language.js';

/**
 * A text that somebody else wrote, with each character that cannot be seen, or that would turn the others around, shown by its name.
 *
 * @param withSpaces shows spaces, too: where texts differ, a space may be all that differs
 */
export function Visible({
  text,
  withSpaces = false,
}: {
  readonly text: string;
  readonly withSpaces?: boolean;
}) {
  const hidden = withSpaces ? HIDDEN_OR_SPACE : HIDDEN;
  return (
    <bdi>
      {text.split(hidden).map((piece, at) =>
        at % 2 === 0 ? (
          piece
        ) : (
          // The order of the pieces is that of the text, which never changes in place.
          <span key={at} class="invisible">
            {nameOf(piece)}
          </span>
        ),
      )}
    </bdi>
  );
}

const HIDDEN = /([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u3000\ufffd])/u;
const HIDDEN_OR_SPACE = /([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u3000\ufffd ])/u;

function nameOf(character: string): string {
  const known = INVISIBLE[character];
  if (known) return say(known);
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
