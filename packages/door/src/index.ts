export {
  PublishError,
  type PublishedValue,
  type Publisher,
  type PublishFault,
  type PublishRequest,
  type UpstreamRefusal,
} from './publisher.js';
