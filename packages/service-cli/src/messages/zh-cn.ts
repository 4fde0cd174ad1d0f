import type { ServiceKey } from './messages.js';

/** What the service's commands say, in Chinese. */
export const zhCn: Readonly<Record<ServiceKey, string>> = {
  'sandbox.description': '运行一个完整的开发用服务：自动生成密钥，并上传三张图片',
  'serve.description': '运行服务',
  'cluster.notInstalled': '当前配置使用集群，集群引擎需要单独安装：npm install @coupon-media/cluster',
};
