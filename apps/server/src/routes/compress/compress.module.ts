import { Module } from '@nestjs/common';
import { CompressController } from './compress.controller.js';

@Module({ controllers: [CompressController] })
export class CompressModule {}
