import { Module } from '@nestjs/common';
import { ProviderPassthroughController } from './provider-passthrough.controller.js';

/** Listed last: it answers what no other route does. */
@Module({ controllers: [ProviderPassthroughController] })
export class ProviderPassthroughModule {}
