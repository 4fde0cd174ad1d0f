import type { Change } from './changes.js';
import type { ImageFacts, Size } from './facts.js';
import { formatNames } from './formats.js';
import { sameSize } from './geometry.js';
import { outerSize, type Rendering } from './rendering.js';

/** The changes by rendering an image, as far as they are certain before encoding. */
export function renderingChanges(facts: ImageFacts, rendering: Rendering): Change[] {
  return [
    ...framesDropped(facts),
    ...codingChanged(facts),
    ...turned(facts),
    ...coloursConverted(facts),
    ...placed(facts, rendering),
    ...metadataRemoved(facts),
    ...converted(facts, rendering),
  ];
}

export function framesDropped({ frames }: ImageFacts): Change[] {
  return frames > 1 ? [{ code: 'FRAMES_DROPPED', values: { frames } }] : [];
}

export function metadataRemoved({ metadata }: ImageFacts): Change[] {
  return metadata.length > 0 ? [{ code: 'METADATA_REMOVED', values: { removed: metadata.join(', ') } }] : [];
}

/** The change from one format to another, both by their names for people. */
export function kindChange(from: string, to: string): Change {
  return from === to
    ? { code: 'RECOMPRESSED', values: { kind: to } }
    : { code: 'CONVERTED', values: { from, to } };
}

function codingChanged({ coding }: ImageFacts): Change[] {
  return coding === undefined ? [] : [{ code: 'CODING_CHANGED', values: { from: coding } }];
}

function turned({ orientation }: ImageFacts): Change[] {
  return orientation === 1 ? [] : [{ code: 'TURNED', values: { orientation } }];
}

function coloursConverted({ srgb, colour, depth }: ImageFacts): Change[] {
  return [
    ...(srgb ? [] : [{ code: 'COLOURS_CONVERTED', values: { from: colour } } as const]),
    ...(depth > 8 ? [{ code: 'DEPTH_REDUCED', values: { from: depth } } as const] : []),
  ];
}

function placed(facts: ImageFacts, rendering: Rendering): Change[] {
  const { placement, ownMargin } = rendering;
  // A replaced margin is not reported as a change: the image was scaled as a whole.
  if (ownMargin) return resized(facts, outerSize(rendering));
  return [
    ...cropped(facts, placement.cut),
    ...resized(placement.cut, placement.at),
    ...filled(facts, rendering),
    ...padded(rendering),
    ...marginAdded(rendering),
  ];
}

function cropped(image: Size, cut: Rendering['placement']['cut']): Change[] {
  if (sameSize(cut, image)) return [];
  const percent = Math.round((100 * cut.width * cut.height) / (image.width * image.height));
  return [{ code: 'CROPPED', values: { ...cut, percent } }];
}

function resized(from: Size, to: Size): Change[] {
  if (sameSize(from, to)) return [];
  const values = { fromWidth: from.width, fromHeight: from.height, width: to.width, height: to.height };
  const factor = Math.max(to.width / from.width, to.height / from.height);
  return factor > 1 ? [{ code: 'ENLARGED', values: { ...values, factor } }] : [{ code: 'RESIZED', values }];
}

function filled({ transparent }: ImageFacts, { background }: Rendering): Change[] {
  return transparent && background !== undefined
    ? [{ code: 'FLATTENED', values: { colour: background } }]
    : [];
}

function padded({ placement: { at, box }, background }: Rendering): Change[] {
  const values = { horizontal: box.width - at.width, vertical: box.height - at.height };
  if (values.horizontal + values.vertical === 0) return [];
  if (background === undefined) return [{ code: 'PADDED_CLEAR', values }];
  return [{ code: 'PADDED', values: { ...values, colour: background } }];
}

function marginAdded({ margin }: Rendering): Change[] {
  return margin > 0 ? [{ code: 'MARGIN_ADDED', values: { margin } }] : [];
}

/** If two kinds are possible, encoding decides and reports this change. */
function converted({ format }: ImageFacts, { kinds }: Rendering): Change[] {
  const [kind, another] = kinds;
  return kind === undefined || another !== undefined
    ? []
    : [kindChange(formatNames[format], formatNames[kind])];
}
