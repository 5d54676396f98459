/**
 * Reads the picture number that "millrace publish test --bar-code" paints (see BarCode.java).
 *
 * @param source a video, canvas or image element, of this page's origin
 * @returns the number, or -1 where there is none to read
 */
function millraceBarCode(source) {
  const width = 160;
  const height = 80;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(source, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height).data;
  let number = 0;
  let check = 0;
  for (let field = 0; field < 32; field++) {
    const left = (field % 16) * 10;
    const top = (6 + Math.floor(field / 16)) * 10;
    let sum = 0;
    for (let y = top + 3; y < top + 7; y++) {
      for (let x = left + 3; x < left + 7; x++) {
        sum += pixels[(y * width + x) * 4 + 1];
      }
    }
    const bit = sum >= 128 * 16 ? 1 : 0;
    if (field < 24) {
      number = number * 2 + bit;
    } else {
      check = check * 2 + bit;
    }
  }
  let crc = 0xff;
  for (let shift = 16; shift >= 0; shift -= 8) {
    crc ^= (number >> shift) & 0xff;
    for (let bit = 0; bit < 8; bit++) {
      crc = ((crc << 1) ^ ((crc & 0x80) !== 0 ? 0x07 : 0)) & 0xff;
    }
  }
  return crc === check ? number : -1;
}
