import { Module } from '@nestjs/common';
import { ContextController } from './context.controller.js';

@Module({ controllers: [ContextController] })
export class ContextModule {}
