import wretch from 'wretch';
import FormDataAddon from 'wretch/addons/formData';
import { file, filename, headers, meta, url } from './call.mjs';

const image = new File([file], filename, { type: 'image/png' });
await wretch(url)
  .addon(FormDataAddon)
  .headers(headers)
  .formData({ meta, file: image })
  .post()
  .res(() => {})
  .catch(() => {});
