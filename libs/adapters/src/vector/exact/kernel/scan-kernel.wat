;; Scalar products of one query with many vectors. Every vector is a row of 32-bit floats, padded with zeros to a
;; multiple of 16 floats (64 bytes), so that the inner loop needs no rest. The memory is handed in by the host.
(module
  (import "host" "memory" (memory 1))

  ;; For each of `count` rows from address `row` on, each `width` bytes long: writes row · query to `out`, 4 bytes each.
  (func (export "scan")
    (param $row i32) (param $query i32) (param $width i32) (param $count i32) (param $out i32)
    (local $q i32) (local $row_end i32) (local $end i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)

    (local.set $end (i32.add (local.get $row) (i32.mul (local.get $width) (local.get $count))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $row) (local.get $end)))
        (local.set $q (local.get $query))
        (local.set $row_end (i32.add (local.get $row) (local.get $width)))
        (local.set $a (v128.const f32x4 0 0 0 0))
        (local.set $b (v128.const f32x4 0 0 0 0))
        (local.set $c (v128.const f32x4 0 0 0 0))
        (local.set $d (v128.const f32x4 0 0 0 0))

        ;; Four sums of four lanes each: additions wait for each other only within one of them.
        (loop $lanes
          (local.set $a (f32x4.add (local.get $a)
            (f32x4.mul (v128.load (local.get $row)) (v128.load (local.get $q)))))
          (local.set $b (f32x4.add (local.get $b)
            (f32x4.mul (v128.load offset=16 (local.get $row)) (v128.load offset=16 (local.get $q)))))
          (local.set $c (f32x4.add (local.get $c)
            (f32x4.mul (v128.load offset=32 (local.get $row)) (v128.load offset=32 (local.get $q)))))
          (local.set $d (f32x4.add (local.get $d)
            (f32x4.mul (v128.load offset=48 (local.get $row)) (v128.load offset=48 (local.get $q)))))
          (local.set $q (i32.add (local.get $q) (i32.const 64)))
          (local.set $row (i32.add (local.get $row) (i32.const 64)))
          (br_if $lanes (i32.lt_u (local.get $row) (local.get $row_end))))

        (local.set $a (f32x4.add
          (f32x4.add (local.get $a) (local.get $b))
          (f32x4.add (local.get $c) (local.get $d))))
        (f32.store (local.get $out)
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
            (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $rows)))))
