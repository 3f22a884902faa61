import { Module } from '@nestjs/common';
import { ProviderModule } from './provider.module.js';
import { ProviderPassthroughController } from './provider-passthrough.controller.js';

/** Listed last: it answers what no other route does. */
@Module({ imports: [ProviderModule], controllers: [ProviderPassthroughController] })
export class ProviderPassthroughModule {}
