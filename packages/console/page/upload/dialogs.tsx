import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import type { FitDialogProps } from '../fit/dialog.js';
import { download } from '../parts/give.js';
import type { PreviewDialogProps } from '../preview/dialog.js';
import { copyableSize, likeIt } from './alike.js';
import { imagesOfCoupon, looked } from './coupons.js';
import type { Item } from './items.js';
import { isToBePrepared } from './sending.js';

/** The image that is made to fit by hand; undefined if none is. */
const adjusted = signal<Item | undefined>(undefined);
/** What is loaded when it is first opened. */
const fit = signal<FunctionComponent<FitDialogProps> | undefined>(undefined);
const preview = signal<FunctionComponent<PreviewDialogProps> | undefined>(undefined);

export function adjust(item: Item): void {
  adjusted.value = item;
}

/** The dialog that is open, if one is. */
export function Dialogs() {
  const item = adjusted.value;
  const file = item?.file.value;
  if (item && file) {
    const View = fit.value;
    if (!View) void import('../fit/dialog.js').then(({ FitDialog }) => (fit.value = FitDialog));
    return (
      View && (
        <View
          key={item.id}
          file={file}
          name={item.path}
          slot={item.slot.value}
          preparation={item.preparation.value}
          alike={likeIt(item).length}
          onEnd={(chosen, isForAll = false) => {
            adjusted.value = undefined;
            if (!chosen) return;
            isToBePrepared.value = true;
            const size = copyableSize(item);
            const { crop: _, ...others } = chosen;
            for (const one of isForAll ? likeIt(item) : [item]) {
              const isSame = one === item || (size !== undefined && copyableSize(one) === size);
              one.preparation.value = isSame ? chosen : others;
            }
          }}
        />
      )
    );
  }
  const name = looked.value;
  if (name === undefined) return null;
  const View = preview.value;
  if (!View) void import('../preview/dialog.js').then(({ PreviewDialog }) => (preview.value = PreviewDialog));
  return (
    View && (
      <View
        name={name}
        download={download}
        pictures={imagesOfCoupon(name).map(({ file, path, preparation, slot }) => ({
          ...{ name: path, slot: slot.peek(), file: file.peek() },
          preparation: isToBePrepared.peek() ? preparation.peek() : undefined,
        }))}
        onEnd={() => {
          looked.value = undefined;
        }}
      />
    )
  );
}
