import { Module } from '@nestjs/common';
import { RetrieveController } from './retrieve.controller.js';

@Module({ controllers: [RetrieveController] })
export class RetrieveModule {}
