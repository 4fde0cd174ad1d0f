import type { SlotName } from '@coupon-media/prepare';
import { FIT } from '../messages/fit.js';
import { say } from '../messages/language.js';
import { type Choice, MOST_ZOOM, partOf, type Size } from './part.js';

export interface CropperProps {
  /** Of the picture; undefined while it is made, or if nobody can show it. */
  readonly address: string | undefined;
  /** Pixels of the upright source. */
  readonly source: Size | undefined;
  readonly slot: SlotName;
  readonly choice: Choice;
  readonly onChoice: (choice: Choice) => void;
}

/** A frame over the picture, of a fixed shape. Dragging moves it; the sliders are the same for keyboards and screen readers. */
export function Cropper({ address, source, slot, choice, onChoice }: CropperProps) {
  const part = source && partOf(source, slot, choice);

  function drag(event: PointerEvent & { readonly currentTarget: HTMLElement }): void {
    const frame = event.currentTarget;
    const stage = frame.parentElement;
    if (!stage || !part || !source || event.buttons === 0) return;
    const { width, height } = stage.getBoundingClientRect();
    const moved = (by: number, side: number, of: number, cut: number, at: number) =>
      of > cut ? Math.min(1, Math.max(0, at + (by * of) / side / (of - cut))) : at;
    onChoice({
      ...choice,
      across: moved(event.movementX, width, source.width, part.width, choice.across),
      down: moved(event.movementY, height, source.height, part.height, choice.down),
    });
  }

  return (
    <>
      {address !== undefined && (
        <div class="stage">
          <img src={address} alt="" draggable={false} />
          {part && source && (
            <div
              class="frame"
              style={{
                left: share(part.left, source.width),
                top: share(part.top, source.height),
                width: share(part.width, source.width),
                height: share(part.height, source.height),
              }}
              onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
              onPointerMove={drag}
            />
          )}
        </div>
      )}
      <p class="faint">{say(FIT.dragHelp)}</p>
      {SLIDERS.map(([name, least, most]) => (
        <label key={name} class="slider">
          {say(FIT[name])}
          <input
            type="range"
            min={least}
            max={most}
            step={0.01}
            disabled={!source}
            value={choice[name]}
            onInput={({ currentTarget }) => onChoice({ ...choice, [name]: Number(currentTarget.value) })}
          />
        </label>
      ))}
    </>
  );
}

const SLIDERS = [
  ['zoom', 1, MOST_ZOOM],
  ['across', 0, 1],
  ['down', 0, 1],
] as const;

function share(part: number, whole: number): string {
  return `${(100 * part) / whole}%`;
}
