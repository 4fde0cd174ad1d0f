import { computed, signal } from '@preact/signals';
import { followRequests, type SeenRequest } from '../server/requests.js';

/** Requests that the page keeps, as many as the journal of a sandbox. */
const MOST = 1000;
/** Milliseconds between two drawings: what comes meanwhile is drawn at once, so that many requests a second cost no more than a few. */
const TOGETHER = 250;

/** What is shown, the newest first. */
export const requests = signal<readonly SeenRequest[]>([]);
export const isPaused = signal(false);
/** How many came while it was paused. */
export const held = signal(0);
/** Whether the sandbox does not answer. */
export const isAway = signal(false);

let arrived: SeenRequest[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
/** Whether the journal is being given from its beginning, so that what is shown gives way to it. */
let isFresh = false;

/** Follows the journal for as long as somebody looks. @returns a function that ends it */
export function follow(): () => void {
  const end = followRequests({
    begins() {
      isAway.value = false;
      isFresh = true;
      arrived = [];
      timer ??= setTimeout(draw, TOGETHER);
    },
    heard(request) {
      // What a journal gives at once must not grow beyond what is kept.
      arrived = [...(arrived.length >= MOST ? arrived.slice(1) : arrived), request];
      timer ??= setTimeout(draw, TOGETHER);
    },
    away() {
      isAway.value = true;
    },
  });
  return () => {
    end();
    clearTimeout(timer);
    timer = undefined;
  };
}

export function pause(): void {
  isPaused.value = true;
}

export function goOn(): void {
  isPaused.value = false;
  draw();
}

function draw(): void {
  clearTimeout(timer);
  timer = undefined;
  held.value = arrived.length;
  if (isPaused.value) return;
  requests.value = [...arrived.reverse(), ...(isFresh ? [] : requests.value)].slice(0, MOST);
  isFresh = false;
  arrived = [];
  held.value = 0;
}

export interface Filters {
  readonly ending: 'all' | 'succeeded' | 'failed';
  /** '' for every code. */
  readonly code: string;
  readonly merchant: string;
  readonly text: string;
}

const NO_FILTERS: Filters = { ending: 'all', code: '', merchant: '', text: '' };
export const filters = signal<Filters>(NO_FILTERS);

/** The codes that are among the requests. */
export const codes = computed(() => [...new Set(requests.value.map(({ outcome }) => outcome))].sort());

export const filtered = computed(() => requests.value.filter(fits(filters.value)));

function fits({ ending, code, merchant, text }: Filters): (request: SeenRequest) => boolean {
  const wanted = text.trim().toLowerCase();
  return (request) => {
    const hasSucceeded = request.outcome === 'SUCCESS' && request.fault === undefined;
    if (ending !== 'all' && hasSucceeded !== (ending === 'succeeded')) return false;
    if (code !== '' && request.outcome !== code) return false;
    if (merchant.trim() !== '' && !(request.caller ?? '').startsWith(merchant.trim())) return false;
    if (wanted === '') return true;
    const { url, upload, mistake, refusal = '' } = request;
    const texts = [url, upload?.filename ?? '', refusal, mistake?.en ?? '', mistake?.['zh-CN'] ?? ''];
    return texts.some((one) => one.toLowerCase().includes(wanted));
  };
}
