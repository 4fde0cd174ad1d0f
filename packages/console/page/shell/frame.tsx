import type { FunctionComponent } from 'preact';
import { FirstUseRoom } from '../first-use/room.js';
import { language, say } from '../messages/language.js';
import { SHELL } from '../messages/shell.js';
import { who } from '../server/session.js';
import { UploadRoom } from '../upload/room.js';
import { Access } from './access.js';
import { ROOMS, type Room, room } from './route.js';

/** What stands around each room: its name, the way to the others, language and access. */
export function Frame() {
  const View = room.value && VIEWS[room.value];
  return (
    <>
      <button type="button" class="skip" onClick={toContent}>
        {say(SHELL.skip)}
      </button>
      <header>
        <h1>{say(SHELL.title)}</h1>
        <nav aria-label={say(SHELL.rooms)}>
          {ROOMS.filter(isThere).map((name) => (
            <a key={name} href={`#${name}`} aria-current={room.value === name ? 'page' : undefined}>
              {say(SHELL[name])}
            </a>
          ))}
        </nav>
        <button type="button" class="quiet" lang={other()} onClick={() => (language.value = other())}>
          {say(SHELL.otherLanguage)}
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        <Access />
        {View ? <View /> : <p>{say(SHELL.nothingHere)}</p>}
      </main>
    </>
  );
}

const VIEWS: Readonly<Record<Room, FunctionComponent>> = { upload: UploadRoom, firstUse: FirstUseRoom };

/** Only a sandbox has no need of a token, and only it has values that a browser may show. */
function isThere(name: Room): boolean {
  return name !== 'firstUse' || who.value?.by === 'page';
}

/** Without a new address, which would be that of a room: a link would have one. */
function toContent(): void {
  document.getElementById('content')?.focus();
}

function other() {
  return language.value === 'en' ? 'zh-CN' : 'en';
}
