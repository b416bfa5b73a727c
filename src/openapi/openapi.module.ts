import { Module } from '@nestjs/common';
import { KernelModule } from '../kernel/kernel.module.js';
import { ApiDocuments } from './api-documents.js';
import { OpenApiController } from './openapi.controller.js';

@Module({ imports: [KernelModule], controllers: [OpenApiController], providers: [ApiDocuments] })
export class OpenApiModule {}
