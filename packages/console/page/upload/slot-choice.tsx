import type { SlotName } from '@coupon-media/prepare';
import { say } from '../messages/language.js';
import { SLOTS } from '../messages/upload.js';

export interface SlotChoiceProps {
  readonly value: SlotName;
  readonly onChoice: (slot: SlotName) => void;
  /** For a label that stands beside it. */
  readonly id?: string;
  /** The name for screen readers, where no visible label stands beside it. */
  readonly label?: string;
  readonly isFixed?: boolean;
}

/** Chooses the place in the coupon that an image is for. */
export function SlotChoice({ id, value, onChoice, label, isFixed = false }: SlotChoiceProps) {
  return (
    <select
      id={id}
      aria-label={label}
      disabled={isFixed}
      value={value}
      onChange={({ currentTarget }) => {
        const slot = NAMES.find((name) => name === currentTarget.value);
        if (slot) onChoice(slot);
      }}
    >
      {NAMES.map((name) => (
        <option key={name} value={name}>
          {say(SLOTS[name])}
        </option>
      ))}
    </select>
  );
}

const NAMES: readonly SlotName[] = ['icon', 'background', 'detail'];
