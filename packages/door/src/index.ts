export {
  PublishError,
  type PublishFault,
  type PublishedValue,
  type Publisher,
  type PublishRequest,
  type UpstreamRefusal,
} from './publisher.js';
