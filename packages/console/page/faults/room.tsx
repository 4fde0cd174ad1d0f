import './style.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { FAULT_RULES } from '../messages/faults.js';
import { language, say } from '../messages/language.js';
import { neighbourOf } from '../parts/neighbour.js';
import type { FaultOn, Faults } from '../server/faults.js';
import { faults, problem, refresh, ruleOf, type Switch, turnAllOff, turnOff, turnOn } from './rules.js';
import { DELAYS, DRIBBLE, switchesOf } from './switches.js';

/** Milliseconds between two looks: other programs add rules, and requests use them. */
const LOOK = 2000;

/** What is to go wrong, as switches; what is on stands first. */
export function FaultsRoom() {
  useEffect(() => {
    void refresh();
    const timer = setInterval(refresh, LOOK);
    return () => clearInterval(timer);
  }, []);
  const all = faults.value;
  return (
    <section aria-labelledby="faults">
      <h2 id="faults">{say(FAULT_RULES.title)}</h2>
      <p>{say(FAULT_RULES.intro)}</p>
      <p role="alert" class="bad">
        {problem.value?.text}
      </p>
      {all && <On all={all} />}
      {all &&
        switchesOf(all).map(({ name, switches }) => (
          <section key={name} aria-labelledby={name}>
            <h3 id={name}>{say(FAULT_RULES[name])}</h3>
            <ul class="switches">
              {switches.map((one) => (
                <SwitchRow key={one.key} one={one} all={all} />
              ))}
            </ul>
          </section>
        ))}
    </section>
  );
}

function On({ all: { rules } }: { readonly all: Faults }) {
  return (
    <section aria-labelledby="faults-on" class={rules.length > 0 ? 'on' : undefined}>
      <div class="controls">
        <h3 id="faults-on" tabIndex={-1}>
          {say(FAULT_RULES.on)}
        </h3>
        <span role="status">
          {rules.length === 0 ? say(FAULT_RULES.noneOn) : say(FAULT_RULES.someOn, { n: rules.length })}
        </span>
        {rules.length > 0 && (
          <button
            type="button"
            onClick={async () => {
              await turnAllOff();
              // The button goes with the last rule.
              document.getElementById('faults-on')?.focus();
            }}
          >
            {say(FAULT_RULES.allOff)}
          </button>
        )}
      </div>
      <ul class="switches">
        {rules.map((on) => (
          <OnRow key={on.rule.name} on={on} />
        ))}
      </ul>
    </section>
  );
}

function OnRow({ on: { rule, seen, applied, inForce } }: { readonly on: FaultOn }) {
  const only = Object.entries(rule.request ?? {}).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return (
    <li>
      <strong>
        <bdi>{rule.name}</bdi>
      </strong>
      <span class="does">
        <bdi>{JSON.stringify(rule.response)}</bdi>
        {only.length > 0 && <span class="faint"> {say(FAULT_RULES.only, { what: only.join(', ') })}</span>}
      </span>
      <span>
        {say(FAULT_RULES.used, { seen, applied })}
        {rule.count !== undefined && ` / ${rule.count}`} {!inForce && <em>{say(FAULT_RULES.over)}</em>}
      </span>
      <button
        type="button"
        aria-label={say(FAULT_RULES.off, { name: rule.name })}
        onClick={({ currentTarget }) => {
          (neighbourOf(currentTarget) ?? document.getElementById('faults-on'))?.focus();
          void turnOff(rule.name);
        }}
      >
        ×
      </button>
    </li>
  );
}

const CHANCES = [1, 0.5, 0.1, 0.01] as const;
const COUNTS = [undefined, 1, 3, 10] as const;

function SwitchRow({ one, all }: { readonly one: Switch; readonly all: Faults }) {
  const chance = useSignal<number>(1);
  const count = useSignal<number | undefined>(undefined);
  const name = ruleOf(one);
  const on = all.rules.find(({ rule }) => rule.name === name);
  const isFixed = on !== undefined || one.isOfHost === true;
  return (
    <li class={on ? 'is-on' : undefined}>
      <label>
        <input
          type="checkbox"
          role="switch"
          aria-checked={on !== undefined}
          checked={on !== undefined}
          onChange={() => (on ? turnOff(name) : turnOn(one, { chance: chance.value, count: count.value }))}
        />{' '}
        <code>{one.key}</code>
      </label>
      <span class="does">{doesWhat(one, all)}</span>
      <label>
        <span class="unseen">{say(FAULT_RULES.chanceOf, { name: one.key })}</span>
        <select
          disabled={isFixed}
          onChange={({ currentTarget }) => (chance.value = CHANCES[currentTarget.selectedIndex] ?? 1)}
        >
          {CHANCES.map((part) => (
            <option key={part}>{part * 100} %</option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">{say(FAULT_RULES.countOf, { name: one.key })}</span>
        <select
          disabled={isFixed}
          onChange={({ currentTarget }) => (count.value = COUNTS[currentTarget.selectedIndex])}
        >
          {COUNTS.map((most) => (
            <option key={String(most)}>{most === undefined ? say(FAULT_RULES.noEnd) : `${most} ×`}</option>
          ))}
        </select>
      </label>
    </li>
  );
}

/** The sandbox's own words, where it has some. */
function doesWhat({ key, isOfHost }: Switch, { faults: known, refusals, hosts }: Faults): string {
  const delay = DELAYS.find((one) => key === `delay ${one}`);
  if (delay !== undefined) return say(FAULT_RULES.delay, { seconds: delay / 1000 });
  if (key === 'dribble')
    return say(FAULT_RULES.dribble, { seconds: DRIBBLE.totalDuration / 1000, n: DRIBBLE.numberOfChunks });
  const refusal = refusals[key];
  if (refusal) return `${refusal.status} ${refusal.code}: ${refusal.text[language.value]}`;
  const limit = isOfHost ? say(FAULT_RULES.backupOnly, { host: hosts[1] ?? '' }) : '';
  return `${known[key]?.[language.value] ?? ''}${limit}`;
}
