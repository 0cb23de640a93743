import { Stack, Text } from '@mantine/core';
import { useMe } from '../../api/me.ts';
import { Page } from '../../elements/page.tsx';
import { grantsSentence } from '../../sentences/grants-sentence.ts';
import { AccountSection } from './account-section.tsx';
import { NameForm } from './name-form.tsx';
import { PasswordForm } from './password-form.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';

/** Who one is here, and how one's account is kept safe. */
export function AccountPage() {
  const me = useMe();
  return (
    <Page title="Account and security">
      <Stack gap="lg" maw={680}>
        <AccountSection title="Who you are">
          <NameForm />
          <Text size="sm">
            What you may do: <b>{grantsSentence(me.grants)}</b>
          </Text>
        </AccountSection>
        {me.kind === 'token' ? (
          <Text size="sm">You are here by a token, which has no password and no sessions.</Text>
        ) : (
          <>
            <AccountSection title="Second factor">
              <SecondFactor isOn={me.twoFactor === true} />
            </AccountSection>
            <AccountSection title="Password">
              <PasswordForm />
            </AccountSection>
            <AccountSection title="Where you are signed in">
              <Sessions />
            </AccountSection>
          </>
        )}
      </Stack>
    </Page>
  );
}
