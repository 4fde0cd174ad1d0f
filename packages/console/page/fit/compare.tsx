import { useSignal } from '@preact/signals';
import { FIT } from '../messages/fit.js';
import { say } from '../messages/language.js';

export interface CompareProps {
  readonly before: string | undefined;
  readonly after: string;
  /** Pixels of the result. */
  readonly size: { readonly width: number; readonly height: number };
  /** The slot's margin as a share of the width; 0 without one. */
  readonly margin: number;
  readonly marginPixels: number;
}

/** The picture before and after, one over the other, with a slider for how much of each is seen. */
export function Compare({ before, after, size, margin, marginPixels }: CompareProps) {
  const at = useSignal(50);
  const hasGuides = useSignal(true);
  return (
    <div class="compare">
      <div
        class="pair"
        style={{
          aspectRatio: `${size.width} / ${size.height}`,
          width: `min(100%, ${(50 * size.width) / size.height}vh)`,
        }}
      >
        {before !== undefined && <img src={before} alt={say(FIT.before)} />}
        <img
          src={after}
          alt={say(FIT.after)}
          style={{ clipPath: before === undefined ? 'none' : `inset(0 0 0 ${at.value}%)` }}
        />
        <span class="divide" style={{ left: `${at.value}%` }} />
        {margin > 0 && hasGuides.value && <span class="guides" style={{ inset: `${100 * margin}%` }} />}
      </div>
      <label class="slider">
        {say(FIT.compare)}
        <input
          type="range"
          min={0}
          max={100}
          value={at.value}
          onInput={({ currentTarget }) => (at.value = Number(currentTarget.value))}
        />
      </label>
      {margin > 0 && (
        <label>
          <input
            type="checkbox"
            checked={hasGuides.value}
            onChange={({ currentTarget }) => (hasGuides.value = currentTarget.checked)}
          />{' '}
          {say(FIT.guides, { margin: marginPixels })}
        </label>
      )}
    </div>
  );
}
