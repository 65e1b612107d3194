// SPDX-License-Identifier: MIT
/* The SMBIOS table: the three kinds of entry point, and what firmware must not get away with. */
#include "phys_test.h"
#include <linux/init.h>

#include "../../drivers/firmware/dmi.c"

#define TABLE_AT	0xf8000u

static u8 area[BIOS_AREA_BYTES];
static size_t table_end;

static void *map_area(phys_addr_t phys, size_t bytes)
{
	if (phys < BIOS_AREA || phys + bytes > BIOS_AREA + BIOS_AREA_BYTES)
		return NULL;
	return area + (phys - BIOS_AREA);
}

static int setup(void **state)
{
	memset(area, 0, sizeof(area));
	memset(info, 0, sizeof(info));
	memset(&texts, 0, sizeof(texts));
	entry = table = (struct dmi_bytes){ 0 };
	nr_structures = version = 0;
	table_end = TABLE_AT - BIOS_AREA;
	return quire_setup(state);
}

/* a structure of @bytes with @strings, "a\0b\0" */
static u8 *add(u8 type, const void *body, u8 bytes, const char *strings, size_t string_bytes)
{
	u8 *at = area + table_end;

	at[0] = type;
	at[1] = 4 + bytes;
	memcpy(at + 4, body, bytes);
	memcpy(at + 4 + bytes, strings, string_bytes);
	table_end += 4 + bytes + (string_bytes ? string_bytes : 1) + 1;
	return at;
}

#define ADD(type, body, strings) add(type, body, sizeof(body), strings, sizeof(strings) - 1)

static void fix_sum(u8 *p, size_t bytes, size_t at)
{
	u8 sum = 0;

	p[at] = 0;
	for (size_t i = 0; i < bytes; i++)
		sum += p[i];
	p[at] = -sum;
}

static void put(u8 *p, u64 n, unsigned int bytes)
{
	for (; bytes--; n >>= 8)
		*p++ = n;
}

static size_t table_size(void)
{
	return table_end - (TABLE_AT - BIOS_AREA);
}

static u8 *put_old_part(u8 *p, unsigned int nr)
{
	memcpy(p, "_DMI_", 5);
	put(p + 6, table_size(), 2);
	put(p + 8, TABLE_AT, 4);
	put(p + 12, nr, 2);
	p[14] = 0x24;
	fix_sum(p, 15, 5);
	return p;
}

static u8 *put_smbios(unsigned int at, unsigned int nr)
{
	u8 *p = area + at;

	memcpy(p, "_SM_", 4);
	p[5] = 31;
	p[6] = 2;
	p[7] = 8;
	put_old_part(p + 16, nr);
	fix_sum(p, 31, 4);
	return p;
}

static u8 *put_smbios3(unsigned int at, u64 table_at, u32 bytes)
{
	u8 *p = area + at;

	memcpy(p, "_SM3_", 5);
	p[6] = 24;
	p[7] = 3;
	p[8] = 4;
	put(p + 12, bytes, 4);
	put(p + 16, table_at, 8);
	fix_sum(p, 24, 5);
	return p;
}

static const u8 bios[] = { 1, 2, 0, 0xe8, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 16, 0xff, 0xff };
static const u8 system_info[] = { 1, 2, 0, 3, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
				  0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 6, 4, 9 };
static const u8 chassis[] = { 1, 0x83, 0, 0, 0 };

static void add_machine(void)
{
	ADD(0, bios, "Maker\0001.2\00003/04/2005\0");
	ADD(1, system_info, "Firm\0Model 1: x\0   \0SKU\0");
	ADD(3, chassis, "Case\0");
	ADD(127, "", "");
}

static void check_machine(void)
{
	assert_string_equal(dmi_get_system_info(DMI_BIOS_VENDOR), "Maker");
	assert_string_equal(dmi_get_system_info(DMI_BIOS_VERSION), "1.2");
	assert_string_equal(dmi_get_system_info(DMI_BIOS_DATE), "03/04/2005");
	assert_string_equal(dmi_get_system_info(DMI_BIOS_RELEASE), "1.16");
	assert_null(dmi_get_system_info(DMI_EC_FIRMWARE_RELEASE));
	assert_string_equal(dmi_get_system_info(DMI_SYS_VENDOR), "Firm");
	assert_string_equal(dmi_get_system_info(DMI_PRODUCT_NAME), "Model 1: x");
	assert_string_equal(dmi_get_system_info(DMI_PRODUCT_VERSION), "");
	assert_string_equal(dmi_get_system_info(DMI_PRODUCT_SERIAL), "");	/* only spaces */
	assert_string_equal(dmi_get_system_info(DMI_PRODUCT_SKU), "SKU");
	assert_string_equal(dmi_get_system_info(DMI_PRODUCT_FAMILY), "");	/* no such string */
	assert_string_equal(dmi_get_system_info(DMI_CHASSIS_TYPE), "3");
	assert_null(dmi_get_system_info(DMI_BOARD_NAME));
}

static void test_smbios(void **state)
{
	u8 *p;

	add_machine();
	p = put_smbios(0x5a0, 4);
	dmi_setup(map_area);
	check_machine();
	assert_string_equal(dmi_get_system_info(DMI_PRODUCT_UUID),
			    "33221100-5544-7766-8899-aabbccddeeff");
	assert_ptr_equal(dmi_entry_point().data, p);
	assert_int_equal(dmi_entry_point().bytes, 31);
	assert_ptr_equal(dmi_table().data, area + (TABLE_AT - BIOS_AREA));
	assert_int_equal(dmi_table().bytes, table_size());
}

/* the newer entry point wins; the table ends where it says, not at the largest size */
static void test_smbios3(void **state)
{
	u8 *p;

	add_machine();
	put_smbios(0x5a0, 1);
	p = put_smbios3(0xfff0 - 16, TABLE_AT, 0x4000);
	dmi_setup(map_area);
	check_machine();
	assert_ptr_equal(dmi_entry_point().data, p);
	assert_int_equal(dmi_entry_point().bytes, 24);
	assert_int_equal(dmi_table().bytes, table_size());
}

static void test_old(void **state)
{
	add_machine();
	put_old_part(area + 0x100, 4);
	dmi_setup(map_area);
	check_machine();
	assert_string_equal(dmi_get_system_info(DMI_PRODUCT_UUID),
			    "00112233-4455-6677-8899-aabbccddeeff");
	assert_int_equal(dmi_entry_point().bytes, 15);
}

static void nothing(void)
{
	dmi_setup(map_area);
	for (unsigned int i = 0; i < DMI_STRING_MAX; i++)
		assert_null(dmi_get_system_info(i));
	assert_null(dmi_table().data);
	assert_null(dmi_entry_point().data);
}

static void test_bad_entries(void **state)
{
	add_machine();
	nothing();
	put_smbios(0x5a8, 4);			/* not at a step of 16 */
	area[0x5a8 + 16]++;			/* nor its old part sound */
	nothing();
	put_smbios(0x5a0, 4)[4]++;
	area[0x5b0 + 5]++;
	nothing();
	memset(area, 0, 0x1000);
	put_smbios3(0x20, TABLE_AT, 0);
	put_smbios3(0x40, TABLE_AT, TABLE_MAX + 1);
	put_smbios3(0x60, 1ull << 60, 64);
	put_smbios3(0x80, TABLE_AT, 64)[7]++;
	put_smbios3(0xa0, TABLE_AT, 64)[6] = 255;
	memcpy(area + 0xfff0, "_SM3_\0\x18", 7);
	nothing();
}

/* Whatever the table is cut to, only strings that end inside it count. */
static void test_cut(void **state)
{
	size_t whole, i;

	add_machine();
	whole = table_size();
	for (i = 1; i < whole; i++) {
		size_t f;
		u8 *copy = malloc(i);		/* the sanitizer sees a read behind it */

		memset(info, 0, sizeof(info));
		memcpy(copy, area + (TABLE_AT - BIOS_AREA), i);
		table = (struct dmi_bytes){ copy, i };
		nr_structures = i % 2 ? 4 : 0;
		walk_table();
		for (f = 0; f < DMI_STRING_MAX; f++)
			if (info[f])
				assert_true(strlen(info[f]) < i);
		free(copy);
	}
}

static void test_short_structure(void **state)
{
	u8 *second;

	ADD(3, chassis, "Case\0");
	second = ADD(1, system_info, "Firm\0");
	second[1] = 3;				/* shorter than its own header */
	put_smbios(0x100, 2);
	dmi_setup(map_area);
	assert_string_equal(dmi_get_system_info(DMI_CHASSIS_VENDOR), "Case");
	assert_null(dmi_get_system_info(DMI_SYS_VENDOR));
	assert_non_null(dmi_table().data);
}

#define T(t)	cmocka_unit_test_setup_teardown(t, setup, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_smbios), T(test_smbios3), T(test_old), T(test_bad_entries), T(test_cut),
		T(test_short_structure),
	};

	return cmocka_run_group_tests_name("dmi", tests, NULL, NULL);
}
