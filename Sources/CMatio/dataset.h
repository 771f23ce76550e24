#include <hdf5.h>
#include <string.h>

/* Keeps HDF5 from printing on this thread; matio has no call for it. */
static inline void iicd_silence_hdf5(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

/* What a MATLAB 7.3 file says of one of its variables, and how much of it is there. */
struct iicd_variable {
    int is_array; /* else a group, such as a structure */
    int is_sparse;
    int is_complex;
    int is_chunked;
    int rank;
    unsigned long long value_bytes;
    unsigned long long chunks; /* that the dimensions ask for; only if it is chunked */
    unsigned long long stored; /* chunks if it is chunked, else bytes */
};

/* The text of MATLAB_class; none without. h5py and others write it without a closing zero. */
static inline void iicd_class_name(hid_t object, char *name, size_t room) {
    if (H5Aexists(object, "MATLAB_class") <= 0) return;
    hid_t attribute = H5Aopen(object, "MATLAB_class", H5P_DEFAULT);
    if (attribute < 0) return;
    hid_t type = H5Aget_type(attribute);
    if (type >= 0) {
        if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
            H5Tget_size(type) < room && H5Aread(attribute, type, name) < 0)
            name[0] = 0;
        H5Tclose(type);
    }
    H5Aclose(attribute);
}

/* Dimensions in HDF5's order, the outermost first, and what there is of the values. */
static inline int iicd_storage(hid_t set, struct iicd_variable *found, unsigned long long *sizes) {
    int done = 0;
    hid_t space = H5Dget_space(set), type = H5Dget_type(set), list = H5Dget_create_plist(set);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    hsize_t dims[H5S_MAX_RANK], chunk[H5S_MAX_RANK], count = 0;
    if (type >= 0 && list >= 0 && rank >= 0 && rank <= H5S_MAX_RANK &&
        (rank == 0 || H5Sget_simple_extent_dims(space, dims, NULL) == rank)) {
        found->rank = rank;
        for (int k = 0; k < rank; k++) sizes[k] = dims[k];
        found->value_bytes = H5Tget_size(type);
        found->is_complex = H5Tget_class(type) == H5T_COMPOUND;
        if (H5Pget_layout(list) != H5D_CHUNKED) {
            found->stored = H5Dget_storage_size(set);
            done = 1;
        } else if (H5Pget_chunk(list, rank, chunk) == rank &&
                   H5Dget_num_chunks(set, space, &count) >= 0) {
            found->is_chunked = 1;
            found->stored = count;
            found->chunks = 1;
            done = 1;
            for (int k = 0; k < rank; k++) {
                hsize_t needed = chunk[k] ? dims[k] / chunk[k] + (dims[k] % chunk[k] != 0) : 0;
                if (__builtin_mul_overflow(found->chunks, needed, &found->chunks)) done = 0;
            }
        }
    }
    if (list >= 0) H5Pclose(list);
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    return done;
}

/* Whether a 7.3 file has a variable of this name that can be described. `class_name` takes `room`
   bytes, `sizes` 32 numbers. matio must not have the file open. */
static inline int iicd_describe(const char *path, const char *name, struct iicd_variable *found,
                                char *class_name, size_t room, unsigned long long *sizes) {
    int done = 0;
    memset(found, 0, sizeof *found);
    memset(class_name, 0, room);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return 0;
    hid_t object = H5Oopen(file, name, H5P_DEFAULT);
    if (object >= 0) {
        iicd_class_name(object, class_name, room);
        found->is_sparse = H5Aexists(object, "MATLAB_sparse") > 0;
        found->is_array = H5Iget_type(object) == H5I_DATASET;
        done = found->is_array ? iicd_storage(object, found, sizes) : 1;
        H5Oclose(object);
    }
    H5Fclose(file);
    return done;
}
