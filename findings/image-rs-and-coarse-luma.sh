#!/usr/bin/env bash
# Rust's image crate decodes a JPEG whose colour is sampled more finely than its brightness into other colours, without an error.
#
# Versions: image 0.25.10 with zune-jpeg 0.5.15, jpeg-decoder 0.3.2 (crates.io); libjpeg-turbo-progs 1:2.1.5-2 (Debian 12).
# Source:   ITU-T T.81 A.1.1: each component has sampling factors of its own, 1 to 4, and none is tied to another's.
# Expected: the picture that djpeg and jpeg-decoder, the image crate's decoder before, give; or an error.
# Seen:     success, and pixels that are more than 40 of 255 off on average, where they are less than 4 off for the usual factors.

. "$(dirname "$0")/frame/frame.bash"
need cargo python3
debian libjpeg-turbo-progs=1:2.1.5-2 libjpeg62-turbo=1:2.1.5-2
python3 - <<'PY'
pixels = bytes(v for y in range(64) for x in range(64) for v in (x * 4, y * 4, (x + y) * 2))
open('a.ppm', 'wb').write(b'P6 64 64 255\n' + pixels)
PY
(unpacked usr/bin/cjpeg -quality 95 -sample 2x2,1x1,1x1 -outfile usual.jpg a.ppm) || cannot cjpeg
(unpacked usr/bin/cjpeg -quality 95 -sample 1x1,2x2,2x2 -outfile coarse.jpg a.ppm) || cannot cjpeg
for name in usual coarse; do (unpacked usr/bin/djpeg -outfile "$name.ppm" "$name.jpg") || cannot djpeg; done
get cargo init --name finding --vcs none crate
get cargo add --manifest-path crate/Cargo.toml image@=0.25.10 --no-default-features --features jpeg
get cargo add --manifest-path crate/Cargo.toml zune-jpeg@=0.5.15 jpeg-decoder@=0.3.2
cat >crate/src/main.rs <<'RS'
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let path = &arguments[2];
    let decoded = match arguments[1].as_str() {
        "image" => image::open(path).map(|picture| picture.to_rgb8().into_raw()).map_err(|error| error.to_string()),
        _ => jpeg_decoder::Decoder::new(std::fs::File::open(path).unwrap()).decode().map_err(|error| error.to_string()),
    };
    let right = std::fs::read(path.replace(".jpg", ".ppm")).unwrap();
    println!("{}", match decoded {
        Err(error) => error,
        Ok(pixels) => {
            let right = &right[right.len() - pixels.len()..];
            let off: u64 = pixels.iter().zip(right).map(|(a, b)| a.abs_diff(*b) as u64).sum();
            let mean = off as f64 / pixels.len() as f64;
            if mean < 4.0 { "right" } else if mean > 40.0 { "more than 40 off on average" } else { "near" }.to_string()
        }
    });
}
RS
get cargo build --manifest-path crate/Cargo.toml
finding() { crate/target/debug/finding "$@"; }
sees 'image, the usual factors' 'right' "$(finding image usual.jpg)"
sees 'jpeg-decoder, coarse brightness' 'right' "$(finding jpeg-decoder coarse.jpg)"
sees 'image, coarse brightness' 'more than 40 off on average' "$(finding image coarse.jpg)"
