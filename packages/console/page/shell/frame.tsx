import type { FunctionComponent } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { FaultsRoom } from '../faults/room.js';
import { faults, refresh } from '../faults/rules.js';
import { FirstUseRoom } from '../first-use/room.js';
import { InspectorRoom } from '../inspector/room.js';
import { KeyboardHelp } from '../keyboard/help.js';
import { roomIsShown } from '../keyboard/search.js';
import { language, say } from '../messages/language.js';
import { SHELL } from '../messages/shell.js';
import { StatusRoom } from '../status/room.js';
import { UploadRoom } from '../upload/room.js';
import { Access } from './access.js';
import { later } from './later.js';
import type { Room } from './rooms.js';
import { rest, room, rooms } from './route.js';
import { shortcuts } from './shortcuts.js';

/** What stands around each room: its name, the way to the others, language and access. */
export function Frame() {
  const View = room.value && VIEWS[room.value];
  const before = useRef(room.value);
  // Not after the next frame, when the focus may be where somebody put it.
  useLayoutEffect(() => {
    const isFocused = roomIsShown();
    // Another room is another page: whoever cannot see that is told by the focus.
    if (before.current !== room.value && !isFocused) toContent();
    before.current = room.value;
  }, [room.value, rest.value]);
  const hasFaults = rooms.value.includes('faults');
  useEffect(() => {
    // Whoever looks at failures elsewhere has to know that they were asked for.
    if (hasFaults) void refresh();
  }, [hasFaults, room.value]);
  return (
    <>
      <button type="button" class="skip" onClick={toContent}>
        {say(SHELL.skip)}
      </button>
      <header>
        <h1>{say(SHELL.title)}</h1>
        <nav aria-label={say(SHELL.rooms)}>
          {rooms.value.map((name) => (
            <a key={name} href={`#${name}`} aria-current={room.value === name ? 'page' : undefined}>
              {say(SHELL[name])}
              {name === 'faults' && <FaultsOn />}
            </a>
          ))}
        </nav>
        <KeyboardHelp shortcuts={shortcuts.value} />
        <button type="button" class="quiet" lang={other()} onClick={() => (language.value = other())}>
          {say(SHELL.otherLanguage)}
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        <Access />
        {View ? <View rest={rest.value} /> : <p>{say(SHELL.nothingHere)}</p>}
      </main>
    </>
  );
}

const VIEWS: Readonly<Record<Room, FunctionComponent<{ readonly rest: string }>>> = {
  upload: UploadRoom,
  gallery: later(async () => (await import('../gallery/room.js')).GalleryRoom),
  firstUse: FirstUseRoom,
  inspector: InspectorRoom,
  faults: FaultsRoom,
  status: StatusRoom,
};

/** How many faults are on, if there are any. */
function FaultsOn() {
  const n = faults.value?.rules.length ?? 0;
  return n === 0 ? null : <strong class="doubtful"> {say(SHELL.faultsOn, { n })}</strong>;
}

/** Without a new address, which would be that of a room: a link would have one. */
function toContent(): void {
  document.getElementById('content')?.focus();
}

function other() {
  return language.value === 'en' ? 'zh-CN' : 'en';
}
