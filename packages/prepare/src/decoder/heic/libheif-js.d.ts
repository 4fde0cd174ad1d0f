/** The bindings of libheif that are used; the package's own types are for its other entry. */
declare module 'libheif-js/wasm-bundle.js' {
  interface HeifContext {
    delete(): void;
  }

  interface HeifHandle {
    delete(): void;
  }

  interface HeifError {
    readonly code: unknown;
    readonly message?: string;
  }

  interface HeifDecoded {
    readonly code?: undefined;
    readonly channels: readonly {
      readonly id: unknown;
      readonly width: number;
      readonly height: number;
      /** Bytes of a row, padding included. */
      readonly stride: number;
      readonly data: Uint8Array;
    }[];
    readonly image: unknown;
  }

  interface Libheif {
    readonly ready: Promise<unknown>;
    readonly heif_error_code: { readonly heif_error_Ok: unknown };
    readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
    readonly heif_channel: { readonly heif_channel_interleaved: unknown };
    readonly heif_chroma: {
      readonly heif_chroma_interleaved_RGB: unknown;
      readonly heif_chroma_interleaved_RGBA: unknown;
      readonly heif_chroma_interleaved_RRGGBB_LE: unknown;
      readonly heif_chroma_interleaved_RRGGBBAA_LE: unknown;
    };
    heif_context_alloc(): HeifContext | null;
    heif_context_free(context: HeifContext): void;
    heif_context_read_from_memory(context: HeifContext, bytes: Uint8Array): HeifError;
    heif_context_get_number_of_top_level_images(context: HeifContext): number;
    heif_js_context_get_primary_image_handle(context: HeifContext): HeifHandle | HeifError;
    heif_image_handle_get_width(handle: HeifHandle): number;
    heif_image_handle_get_height(handle: HeifHandle): number;
    heif_image_handle_has_alpha_channel(handle: HeifHandle): number;
    heif_image_handle_release(handle: HeifHandle): void;
    heif_js_decode_image2(handle: HeifHandle, space: unknown, chroma: unknown): HeifDecoded | HeifError;
    heif_image_release(image: unknown): void;
  }

  const libheif: Libheif;
  export = libheif;
}
