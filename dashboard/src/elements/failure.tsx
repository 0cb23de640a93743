import { Button, Stack, Title } from '@mantine/core';
import { QueryErrorResetBoundary } from '@tanstack/react-query';
import { Component, type ReactNode } from 'react';
import { Problem } from './problem.tsx';

interface Props {
  readonly children: ReactNode;
}

/** Shows what went wrong below it, with a way to try again, instead of an empty page. */
export function Failure({ children }: Props) {
  return (
    <QueryErrorResetBoundary>{({ reset }) => <Boundary onReset={reset}>{children}</Boundary>}</QueryErrorResetBoundary>
  );
}

class Boundary extends Component<Props & { readonly onReset: () => void }, { readonly error: unknown }> {
  override readonly state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const again = (): void => {
      this.props.onReset();
      this.setState({ error: null });
    };
    return (
      <Stack p="md" align="flex-start" maw={640}>
        <Title order={1}>This page could not be shown</Title>
        <Problem error={error} />
        <Button onClick={again}>Try again</Button>
      </Stack>
    );
  }
}
