import { say } from '../messages/language.js';
import { PREVIEW } from '../messages/preview.js';
import { SLOTS } from '../messages/upload.js';
import type { ShownPicture } from './pictures.js';

/** A card and a detail page, light and dark: our own drawing, of no app in particular. */
export function Phones({
  name,
  pictures,
}: {
  readonly name: string;
  readonly pictures: readonly ShownPicture[];
}) {
  return (
    <div class="phones">
      {(['light', 'dark'] as const).map((theme) => (
        <section key={theme} class={`phone phone-${theme}`} aria-label={say(PREVIEW[theme])}>
          <h3>
            {say(PREVIEW[theme])} · {say(PREVIEW.card)}
          </h3>
          <Card name={name} pictures={pictures} />
          <h3>
            {say(PREVIEW[theme])} · {say(PREVIEW.detail)}
          </h3>
          <DetailPage name={name} pictures={pictures} />
        </section>
      ))}
    </div>
  );
}

interface PartProps {
  readonly name: string;
  readonly pictures: readonly ShownPicture[];
}

function Card({ name, pictures }: PartProps) {
  return (
    <div class="coupon-card">
      <Image pictures={pictures} slot="background" />
      <div class="coupon-line">
        <Image pictures={pictures} slot="icon" />
        <p>
          <span class="coupon-shop">{say(PREVIEW.shop)}</span>
          <bdi class="coupon-name">{name}</bdi>
          <span class="coupon-shop">{say(PREVIEW.term)}</span>
        </p>
        <span class="coupon-use">{say(PREVIEW.use)}</span>
      </div>
    </div>
  );
}

function DetailPage({ name, pictures }: PartProps) {
  const details = pictures.filter(({ slot }) => slot === 'detail');
  return (
    <div class="coupon-page">
      <div class="coupon-line">
        <Image pictures={pictures} slot="icon" />
        <p>
          <bdi class="coupon-name">{name}</bdi>
          <span class="coupon-shop">{say(PREVIEW.term)}</span>
        </p>
      </div>
      <p class="coupon-shop">{say(PREVIEW.details)}</p>
      {details.length === 0 && <Image pictures={pictures} slot="detail" />}
      {details.map((one) => (
        <img key={one.address} class="coupon-detail" src={one.address} alt={one.name} />
      ))}
    </div>
  );
}

function Image({
  pictures,
  slot,
}: {
  readonly pictures: readonly ShownPicture[];
  readonly slot: ShownPicture['slot'];
}) {
  const picture = pictures.find((one) => one.slot === slot);
  if (picture) return <img class={`coupon-${slot}`} src={picture.address} alt={picture.name} />;
  return <span class={`coupon-${slot} coupon-none`}>{say(PREVIEW.noImage, { slot: say(SLOTS[slot]) })}</span>;
}
