// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/code_refs.h"

#include <stdbool.h>
#include <string.h>

#include "compat/host/machine.h"
#include "core/base/util.h"

#define NEAR_RIP 0x8000000 /* larger than the kernel's image */

struct refs {
	uint64_t *values;
	size_t len, max;
};

static void add(struct refs *r, uint64_t value)
{
	for (size_t i = 0; i < r->len; i++)
		if (r->values[i] == value)
			return;
	if (r->len < r->max)
		r->values[r->len++] = value;
}

static uint32_t u32_at(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Immediate values and displacements, at any byte, because instruction boundaries are not known. */
static void scan_x86(struct refs *r, bool wide, uint64_t addr, const unsigned char *code,
		     size_t size)
{
	for (size_t i = 0; i + 4 <= size; i++) {
		int32_t v = (int32_t)u32_at(code + i);

		if (!wide)
			add(r, (uint32_t)v);
		else
			add(r, (uint64_t)(int64_t)v);
		/* Relative to the next instruction. */
		if (wide && v > -NEAR_RIP && v < NEAR_RIP)
			add(r, addr + i + 4 + (uint64_t)(int64_t)v);
	}
}

/* A32: pairs of movw and movt, literals behind the function, and offsets of loads. */
static void scan_arm(struct refs *r, uint64_t addr, const unsigned char *code, size_t size)
{
	uint32_t low[16] = {0};

	for (size_t i = 0; i + 4 <= size; i += 4) {
		uint32_t insn = u32_at(code + i), rd = insn >> 12 & 15;
		uint32_t imm16 = (insn >> 4 & 0xf000) | (insn & 0xfff);

		if ((insn & 0x0ff00000) == 0x03000000) {
			low[rd] = imm16;
		} else if ((insn & 0x0ff00000) == 0x03400000) {
			add(r, low[rd] | imm16 << 16);
		} else if ((insn & 0x0f7f0000) == 0x051f0000) {
			size_t at = i + 8 + (insn & 0xfff);

			if (insn & 1 << 23 && at + 4 <= size)
				add(r, u32_at(code + at));
		} else if ((insn & 0x0f700000) == 0x05100000) {
			add(r, insn & 0xfff);
		}
	}
}

/* The page of an adrp, the same plus the offset of an addition or a load, and offsets of loads. */
static void scan_arm64(struct refs *r, uint64_t addr, const unsigned char *code, size_t size)
{
	uint64_t page[32] = {0};

	for (size_t i = 0; i + 4 <= size; i += 4) {
		uint32_t insn = u32_at(code + i), rd = insn & 31, rn = insn >> 5 & 31;
		uint64_t imm12 = insn >> 10 & 0xfff;

		if ((insn & 0x9f000000) == 0x90000000) {
			int64_t pages = (int64_t)(insn >> 5 & 0x7ffff) << 2 | (insn >> 29 & 3);

			pages = (pages ^ 0x100000) - 0x100000; /* 21 bits, signed */
			page[rd] = (addr + i) / 4096 * 4096 + (uint64_t)(pages * 4096);
			add(r, page[rd]);
		} else if ((insn & 0xff800000) == 0x91000000) {
			imm12 <<= insn >> 22 & 1 ? 12 : 0;
			add(r, page[rn] + imm12);
		} else if ((insn & 0xffc00000) == 0xf9400000) {
			add(r, page[rn] + imm12 * 8);
			add(r, imm12 * 8);
		}
	}
}

/* Register values that are known on riscv. */
struct riscv_regs {
	uint64_t value[32]; /* from auipc and additions; 0: unknown */
	uint64_t upper; /* the last constant of lui, which may have been added to any register */
};

/* A load or an addition: adds the address, if it is known, and the offset with lui's constant. */
static void riscv_offset(struct refs *r, const struct riscv_regs *regs, uint32_t base, int64_t off)
{
	if (regs->value[base])
		add(r, regs->value[base] + (uint64_t)off);
	add(r, regs->upper + (uint64_t)off);
}

static void scan_riscv_wide(struct refs *r, struct riscv_regs *regs, uint64_t pc, uint32_t insn)
{
	uint32_t rd = insn >> 7 & 31, rs = insn >> 15 & 31;
	int64_t imm20 = (int32_t)(insn & 0xfffff000), imm12 = (int32_t)insn >> 20;

	switch (insn & 0x707f) {
	case 0x0013: /* addi */
		riscv_offset(r, regs, rs, imm12);
		regs->value[rd] = regs->value[rs] ? regs->value[rs] + (uint64_t)imm12 : 0;
		return;
	case 0x3003: /* ld */
		riscv_offset(r, regs, rs, imm12);
		regs->value[rd] = 0;
		return;
	}
	if ((insn & 0x7f) == 0x17) { /* auipc */
		regs->value[rd] = pc + (uint64_t)imm20;
		add(r, regs->value[rd]);
	} else if ((insn & 0x7f) == 0x37) { /* lui */
		regs->upper = (uint64_t)imm20;
	}
}

/*
 * The address of an auipc, the same plus the offset of an addition or a load, and offsets of loads,
 * including compressed ones.
 */
static void scan_riscv(struct refs *r, uint64_t addr, const unsigned char *code, size_t size)
{
	struct riscv_regs regs = {0};
	size_t len;

	for (size_t i = 0; i + 2 <= size; i += len) {
		uint32_t half = code[i] | (uint32_t)code[i + 1] << 8;

		len = (half & 3) == 3 ? 4 : 2;
		if (len == 4 && i + 4 <= size)
			scan_riscv_wide(r, &regs, addr + i, u32_at(code + i));
		else if ((half & 0xe003) == 0x6000) /* c.ld */
			riscv_offset(r, &regs, 8 + (half >> 7 & 7),
				     (half >> 7 & 0x38) | (half << 1 & 0xc0));
		else if ((half & 0xf003) == 0x6001) /* c.lui with a constant that is not negative */
			regs.upper = (uint64_t)(half >> 2 & 0x1f) << 12;
	}
}

size_t code_refs(const struct machine *m, uint64_t addr, const unsigned char *code, size_t size,
		 uint64_t *refs, size_t max)
{
	struct refs r = {.values = refs, .max = max};

	switch (m->id) {
	case MACHINE_X86_64:
	case MACHINE_I386:
		scan_x86(&r, m->word == 8, addr, code, size);
		break;
	case MACHINE_ARM:
		scan_arm(&r, addr, code, size);
		break;
	case MACHINE_ARM64:
		scan_arm64(&r, addr, code, size);
		break;
	case MACHINE_RISCV64:
		scan_riscv(&r, addr, code, size);
		break;
	case MACHINES:
		break;
	}
	return r.len;
}
