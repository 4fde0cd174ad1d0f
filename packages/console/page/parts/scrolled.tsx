import type { ComponentChildren } from 'preact';

/** Something that scrolls by itself: the keyboard has to reach it, and a screen reader has to say what it is. */
export function Scrolled({
  label,
  kind,
  children,
}: {
  readonly label: string;
  readonly kind: string;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by the keyboard, too
    <section class={kind} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
