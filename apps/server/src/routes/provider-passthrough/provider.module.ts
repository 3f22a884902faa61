import { Module } from '@nestjs/common';
import { UndiciProvider } from '#libs/adapters';
import { ChatProvider } from '#libs/chat';
import { ShutdownPhases } from '#libs/platform';

/** The one pool of connections to model providers, for every route that reaches one. */
@Module({
  providers: [
    {
      provide: ChatProvider,
      inject: [ShutdownPhases],
      useFactory: (shutdown: ShutdownPhases) => {
        const provider = new UndiciProvider();
        shutdown.register('background', 'close the connections to model providers', () => provider.close());
        return provider;
      },
    },
  ],
  exports: [ChatProvider],
})
export class ProviderModule {}
