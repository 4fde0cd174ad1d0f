import { createClient, OptionError, proxyFor } from '@coupon-media/client';
import { fromProfile, hostsOf } from '../profile/identity.js';
import { describeFailure } from '../shell/failure.js';
import { type Check, type CheckContext, type CheckResult, ok, skipped, wrong } from './check.js';

/** Checks by what the client itself makes of the profile, so that whatever an upload refuses is found here, too. */
export const clientChecks: readonly Check[] = [
  { name: 'client', title: 'doctor.client', isConfiguration: true, run: checkClient },
  { name: 'proxy', title: 'doctor.proxy', isConfiguration: true, run: checkProxy },
];

/** Makes the client of `upload`, which checks every option. */
async function checkClient(context: CheckContext): Promise<CheckResult> {
  const { profile, say, hasFailed } = context;
  if (hasFailed) return skipped(say('doctor.client.after'));
  try {
    await fromProfile(profile, createClient).close();
    return ok(say('doctor.client.ok'));
  } catch (error) {
    return wrong(describeFailure(error, context), say('doctor.client.remedy'));
  }
}

/** The proxy of the first host, by the rule of the client. */
function checkProxy({ profile, say, language }: CheckContext): CheckResult {
  const [host = ''] = hostsOf(profile);
  try {
    const route = proxyFor(host);
    return ok(
      route ? say('doctor.proxy.ok', { place: route.place, from: route.from }) : say('doctor.proxy.none'),
    );
  } catch (error) {
    if (!(error instanceof OptionError)) return skipped(say('doctor.noResponse'));
    return wrong(error.remedy[language], say('doctor.proxy.remedy'));
  }
}
