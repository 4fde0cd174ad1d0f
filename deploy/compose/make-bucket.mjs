/** Creates the bucket if it does not exist. It runs in the service's image, with the service's settings, and waits for the store. */
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';

const {
  COUPON_MEDIA_S3_BUCKET: Bucket,
  COUPON_MEDIA_S3_ENDPOINT: endpoint,
  COUPON_MEDIA_S3_REGION: region = 'us-east-1',
  COUPON_MEDIA_S3_PATH_STYLE: pathStyle,
} = process.env;

const s3 = new S3Client({ endpoint, region, forcePathStyle: pathStyle === 'true', maxAttempts: 1 });
const end = Date.now() + 120_000;

while (!(await there())) {
  if (Date.now() > end) {
    console.error(`the store at ${endpoint} gave no bucket ${Bucket} within two minutes`);
    process.exit(1);
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
console.log(`bucket ${Bucket} is there`);

/** Asks first: a bucket that one owns already is an error to some stores. */
async function there() {
  try {
    await s3.send(new HeadBucketCommand({ Bucket }));
    return true;
  } catch (error) {
    const { httpStatusCode } = error.$metadata ?? {};
    if (httpStatusCode === 403) throw error;
    if (httpStatusCode !== 404) return false;
  }
  try {
    await s3.send(new CreateBucketCommand({ Bucket }));
  } catch (error) {
    if (error.$metadata?.httpStatusCode !== 409) console.error(error.message);
  }
  return false;
}
